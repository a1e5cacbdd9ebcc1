import { UploadError } from '@oss-direct/shared'

/**
 * Loads something of a module that a page begins without. Rejects with UploadError `module-unavailable`: there is no
 * connection, or a newer deployment has taken the module away. Asked again, browsers fetch it again since HTML says so (2026);
 * older ones remember the failure until the page is loaded anew.
 */
export async function loadModule<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    throw new UploadError('module-unavailable', 'The part of the page that sends files could not be loaded', {
      hint: 'If it stays like this, reload the page: the site may have been renewed since.',
      cause,
    })
  }
}
