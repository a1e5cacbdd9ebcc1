/** What the frame tells the page around it. */
export interface UploadMessage {
  type: 'upload-done'
  name: string
  result: { attachment: string; name: string }
}

export function isUploadMessage(data: unknown): data is UploadMessage {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'upload-done'
}
