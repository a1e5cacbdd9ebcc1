export { createUploader } from '@oss-direct/uploader'
