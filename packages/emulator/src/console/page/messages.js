// @ts-check
import { en } from './messages-en.js'
import { zhCn } from './messages-zh-cn.js'

/** @typedef {'en' | 'zh-CN'} Language */
/** @typedef {keyof typeof en} MessageName */

/** @type {Record<Language, Record<MessageName, string>>} */
export const messages = { en, 'zh-CN': zhCn }
