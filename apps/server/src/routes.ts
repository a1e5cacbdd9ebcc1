import { uploadRoute } from '@oss-direct/server'

const GiB = 1024 ** 3

/** The demo takes any file, and answers with what it knows of it. */
export const routes = {
  demo: uploadRoute({
    maxBytes: 50 * GiB,
    transports: ['post', 'multipart'],
    onUploaded: ({ id, key, size, mimeType, file }) => ({
      key,
      size,
      mimeType,
      name: file.name,
      url: `/uploads/${id}/content`,
    }),
  }),
}
