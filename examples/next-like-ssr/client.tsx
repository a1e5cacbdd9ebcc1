import { hydrateRoot } from 'react-dom/client'
import { App } from './app.tsx'

const page = document.getElementById('app')
if (page === null) throw new Error('index.html has no element #app')
hydrateRoot(page, <App />)
