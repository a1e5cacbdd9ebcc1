import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const api = `http://127.0.0.1:${process.env.API_PORT ?? '3001'}`

export default defineConfig({
  plugins: [react(), welcomeWithThePage()],
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    sourcemap: true,
    // The app, the page for frames of others, and a page of somebody else that embeds the component.
    rolldownOptions: { input: ['index.html', 'frame.html', 'foreign.html'] },
  },
  server: {
    // In development Vite serves the page, and the server does the rest, as if it were one origin.
    proxy: { '/uploads': api, '/demo': api, '/healthz': api },
  },
})

/**
 * The server gives a newcomer his cookie with the page. Served by Vite, the page would come without, and each of its first
 * calls, made at once, would bring a cookie of its own: an upload could then belong to a visitor who is nobody any more.
 */
function welcomeWithThePage(): Plugin {
  return {
    name: 'welcome-with-the-page',
    configureServer(vite) {
      vite.middlewares.use(async (request, response, next) => {
        const { accept, cookie } = request.headers
        if (accept?.includes('text/html') && !cookie?.includes('visitor=')) {
          const answer = await fetch(api, { method: 'HEAD' }).catch(() => undefined)
          const cookies = answer?.headers.getSetCookie() ?? []
          if (cookies.length > 0) response.setHeader('set-cookie', cookies)
        }
        next()
      })
    },
  }
}
