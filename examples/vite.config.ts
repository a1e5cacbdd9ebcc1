import { defineConfig } from 'vite'

// Every example is a page whose server is express-minimal, as if the two were one origin.
export default defineConfig({
  server: { proxy: { '/uploads': process.env.SERVER ?? 'http://127.0.0.1:3001' } },
  cacheDir: 'node_modules/.vite',
})
