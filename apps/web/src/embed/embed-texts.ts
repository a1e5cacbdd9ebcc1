import type { Locale } from '../texts.ts'

export interface EmbedTexts {
  title: string
  lead: string
  page: string
  pageHint: string
  pageFrame: string
  alone: string
  frame: string
  frameHint: string
  frameTitle: string
  code: string
  copyCode: string
  received: string
  nothingYet: string
  from(origin: string): string
  rules: string
}

export const embedTexts: Record<Locale, EmbedTexts> = {
  en: {
    title: 'Embed it',
    lead: 'The same upload in a page of yours, or in a frame that needs no build at all. What the application answers arrives in your code.',
    page: 'In a page with looks of its own',
    pageHint: 'A bakery with loud global CSS. The component keeps its own looks; the list below it is the bakery’s.',
    pageFrame: 'The page of a bakery, with the component in it',
    alone: 'Open the page alone',
    frame: 'In an iframe',
    frameHint:
      'The frame posts each result to the origin that its address names, and to no other. Your page checks where a message comes from before it believes it.',
    frameTitle: 'Upload, in a frame',
    code: 'The code',
    copyCode: 'Copy',
    received: 'What this page received',
    nothingYet: 'Nothing yet: drop a file into the frame.',
    from: (origin) => `from ${origin}`,
    rules:
      'Which pages may show the frame, the server says (CORS_ORIGINS). Visitors are known by a cookie, so your page and the server should share a site, such as shop.example.com and uploads.example.com.',
  },
  'zh-CN': {
    title: '嵌入',
    lead: '把同样的上传放进您的页面，或放进无需构建的 iframe。应用的答复会到达您的代码。',
    page: '放进风格迥异的页面',
    pageHint: '一家面包店，全局样式张扬。组件保持自己的外观；下方的列表属于面包店。',
    pageFrame: '面包店的页面，其中嵌有上传组件',
    alone: '单独打开此页面',
    frame: '放进 iframe',
    frameHint: 'iframe 只把结果发给其地址中写明的来源。您的页面先核对消息来自哪里，再采信。',
    frameTitle: 'iframe 中的上传',
    code: '代码',
    copyCode: '复制',
    received: '此页面收到的内容',
    nothingYet: '暂无：请把文件放入 iframe。',
    from: (origin) => `来自 ${origin}`,
    rules:
      '哪些页面可以显示此 iframe，由服务器决定（CORS_ORIGINS）。访客凭 Cookie 识别，因此您的页面与服务器应属同一站点，例如 shop.example.com 与 uploads.example.com。',
  },
}
