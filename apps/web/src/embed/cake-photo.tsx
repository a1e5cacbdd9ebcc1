import '@oss-direct/react/styles.css'
import { UploadDropzone } from '@oss-direct/react'
import { thank } from './bakery.ts'
export const CakePhoto = () => <UploadDropzone route="demo" onDone={({ file }) => thank(file.name)} />
