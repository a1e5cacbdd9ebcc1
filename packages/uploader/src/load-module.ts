import { UploadError } from '@oss-direct/shared'

/**
 * Loads something of a module that a page begins without. Rejects with UploadError `network`: there is no connection, or a newer
 * deployment has taken the module away. Asked again the browser tries again; those from before 2026 remember the failure
 * until the page is loaded anew. Source: HTML, "fetch a single module script".
 */
export async function loadModule<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    throw new UploadError('network', 'The part of the page that sends files could not be loaded', {
      hint: 'If it stays like this, reload the page: the site may have been renewed since.',
      cause,
    })
  }
}
