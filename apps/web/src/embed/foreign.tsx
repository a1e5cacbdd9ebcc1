import './foreign.css'
import { createRoot } from 'react-dom/client'
import { CakePhoto } from './cake-photo.tsx'

// A page of somebody else, with looks of its own: nothing in it but the component is ours.
const CHINESE = {
  name: '玫瑰街面包店',
  offer: '把照片发给我们，我们把它印在您的蛋糕上。只用糖和色素，周六前做好。',
  list: '已收到的照片',
}

if (new URLSearchParams(location.search).get('lang') === 'zh-CN') {
  document.documentElement.lang = 'zh-CN'
  document.title = CHINESE.name
  for (const [id, text] of Object.entries(CHINESE)) {
    const element = document.getElementById(id)
    if (element !== null) element.textContent = text
  }
}
const place = document.getElementById('upload')
if (place === null) throw new Error('foreign.html has no element #upload')
createRoot(place).render(<CakePhoto />)
