import { UploadError } from '@oss-direct/shared'
import type { Transport } from './transport.ts'

/** The transport that needs no library. `fetch` cannot tell upload progress, so it is XMLHttpRequest. */
export function xhrTransport(): Transport {
  return ({ method, url, body, onProgress, signal }) =>
    new Promise((resolve, reject) => {
      const cancel = () => {
        xhr.abort()
        reject(new UploadError('cancelled', 'The upload was cancelled'))
      }
      const xhr = new XMLHttpRequest()
      xhr.open(method, url)
      xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
      // The last byte left. OSS judges the form only now: this is not "stored".
      xhr.upload.onload = ({ loaded }) => onProgress(loaded, loaded)
      xhr.onload = () =>
        resolve({
          status: xhr.status,
          body: xhr.responseText,
          // Asked by name for a header that CORS does not expose, Chromium writes an error to the console.
          header: (name) => new RegExp(`^${name}: *(.*)`, 'im').exec(xhr.getAllResponseHeaders())?.[1]?.trim(),
        })
      xhr.onerror = () => reject(new UploadError('network', 'The connection to OSS gave no answer'))
      xhr.onloadend = () => signal.removeEventListener('abort', cancel)
      if (signal.aborted) return cancel()
      signal.addEventListener('abort', cancel)
      xhr.send(body)
    })
}
