import { readdirSync, readFileSync } from 'node:fs'

/** The vectors of one file, typed by whoever knows the file. */
export function readVectors<T>(file: string): (T & { id: string })[] {
  return (readJson(file) as { vectors: (T & { id: string })[] }).vectors
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'))
}

export interface WireRequest {
  method: string
  url: string
  headers: [name: string, value: string][]
  bodyBase64: string
  bodyTruncated: boolean
}

export interface WireCapture {
  sdk: string
  case: string
  accessKeyId: string
  accessKeySecret: string
  bucket: string
  region: string
  requests: WireRequest[]
}

export function readWireCaptures(): WireCapture[] {
  const files = readdirSync(new URL('../vectors/wire/', import.meta.url)).filter((name) => name.endsWith('.json'))
  return files.map((name) => readJson(`wire/${name}`) as WireCapture)
}
