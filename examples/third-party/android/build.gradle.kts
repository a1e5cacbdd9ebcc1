plugins {
    id("com.android.library") version "8.7.0"
}

android {
    namespace = "example"
    compileSdk = 34
    defaultConfig { minSdk = 26 }
}

dependencies {
    implementation("com.aliyun.dpa:oss-android-sdk:2.9.21")
}
