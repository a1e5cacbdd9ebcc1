import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = `http://127.0.0.1:${process.env.API_PORT ?? '3001'}`

export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', assetsDir: 'assets', sourcemap: true },
  server: {
    // In development Vite serves the page, and the server does the rest, as if it were one origin.
    proxy: { '/uploads': api, '/healthz': api },
  },
})
