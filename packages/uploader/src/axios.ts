import { UploadError } from '@oss-direct/shared'
import axios, { AxiosHeaders, type AxiosInstance, isAxiosError, isCancel } from 'axios'
import type { ApiTransport } from './api.ts'
import type { Transport } from './transport.ts'

/**
 * Carries bytes to OSS with axios. By default with a bare instance of its own: interceptors, `Authorization` and cookies of
 * an application's instance would leak to the bucket, and headers that the bucket's CORS rule does not know break the upload.
 */
export function axiosTransport(bare: AxiosInstance = axios.create()): Transport {
  return async ({ method, url, body, onProgress, signal }) => {
    try {
      const answer = await bare.request<string>({
        method,
        url,
        data: body,
        signal,
        responseType: 'text',
        transformResponse: (body: string) => body, // axios would parse JSON behind our back
        validateStatus: () => true,
        withCredentials: false,
        withXSRFToken: false,
        // axios calls a Blob a form unless it is told not to; a form brings its own type.
        headers: { Accept: '*/*', ...(body instanceof Blob && { 'Content-Type': false }) },
        onUploadProgress: ({ loaded, total }) => onProgress(loaded, total ?? Number.POSITIVE_INFINITY),
      })
      return { status: answer.status, body: answer.data, header: (name) => headerOf(answer.headers, name) }
    } catch (cause) {
      if (isCancel(cause)) throw new UploadError('cancelled', 'The upload was cancelled', { cause })
      throw new UploadError('network', 'The connection to OSS gave no answer', { cause })
    }
  }
}

/** Makes the calls of our API with an application's own instance: its base URL, its session, its interceptors. */
export function axiosApi(instance: AxiosInstance): ApiTransport {
  return async ({ method, url, body, signal }) => {
    try {
      const answer = await instance.request<string>({
        method,
        url,
        data: body,
        signal,
        responseType: 'text',
        transformResponse: (text: string) => text,
        validateStatus: () => true,
        headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      })
      return { status: answer.status, body: answer.data, header: (name) => headerOf(answer.headers, name) }
    } catch (cause) {
      if (isCancel(cause)) throw new UploadError('network', 'The server gave no answer in time', { cause })
      // An interceptor may throw what it likes; only a missing answer is the network's doing.
      if (isAxiosError(cause))
        throw new UploadError('network', `The server gave no answer: ${cause.message}`, { cause })
      throw cause
    }
  }
}

function headerOf(headers: unknown, name: string): string | undefined {
  const value = headers instanceof AxiosHeaders ? headers.get(name) : undefined
  return typeof value === 'string' ? value : undefined
}
