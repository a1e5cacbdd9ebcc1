// @ts-check
// What `npm run pictures` and `npm run test:visual` have in common.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodePng, encodePng } from './png.mjs'
import { root, runTool } from './workspace.mjs'

/** @param {'readme' | 'visual'} project @param {string} what is being done @param {readonly string[]} args of Playwright */
export function takePictures(project, what, args) {
  const e2e = join(root, 'e2e')
  const all = ['test', '--config', 'playwright.pictures.config.ts', '--project', project, ...args]
  return runTool('@playwright/test', all, what, { cwd: e2e, from: e2e, bin: 'playwright' })
}

/** Writes a screenshot again in fewer bytes, unless that has been done. @param {string} path @returns {number} its bytes */
export function shrinkPicture(path) {
  const png = readFileSync(path)
  const smaller = encodePng(decodePng(png))
  if (smaller.length >= png.length) return png.length
  writeFileSync(path, smaller)
  return smaller.length
}
