import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { api, confirmRecord, deleteRecord, listRecords } from './api.ts'

let server: Server
afterEach(() => server.close())

describe('the app’s own calls', () => {
  it('ask for a page of the history, and go on from a cursor', async () => {
    const asked: string[] = []
    await answerWith((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.setHeader('content-type', 'application/json').end('{"items":[],"nextCursor":"c2"}')
    })
    const { signal } = new AbortController()
    expect(await listRecords(undefined, signal)).toEqual({ items: [], nextCursor: 'c2' })
    await listRecords('c2', signal)
    expect(asked).toEqual(['GET /uploads?limit=20', 'GET /uploads?limit=20&cursor=c2'])
  })

  it('delete the object together with the record', async () => {
    const asked: string[] = []
    await answerWith((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.writeHead(204).end()
    })
    await deleteRecord('a/b')
    expect(asked).toEqual(['DELETE /uploads/a%2Fb?object=true'])
  })

  it('fail with what the server said', async () => {
    await answerWith((_request, response) => {
      response.writeHead(502, { 'content-type': 'application/problem+json' })
      response.end('{"code":"application-failed","detail":"the hook threw","hint":"mend it","title":"x","status":502}')
    })
    await expect(confirmRecord('r1')).rejects.toMatchObject({
      code: 'application-failed',
      message: 'the hook threw',
      hint: 'mend it',
    })
  })

  it('fail clearly where a login page stands in the way', async () => {
    await answerWith((_request, response) => void response.end('<html>Sign in</html>'))
    await expect(confirmRecord('r1')).rejects.toMatchObject({ code: 'answer-invalid' })
  })

  it('fail as a network error where nobody answers, and not when they are cancelled', async () => {
    await answerWith((request) => request.socket.destroy())
    await expect(confirmRecord('r1')).rejects.toMatchObject({ code: 'network', hint: 'Is it running?' })
    await expect(listRecords(undefined, AbortSignal.abort())).rejects.toMatchObject({ code: 'ERR_CANCELED' })
  })
})

async function answerWith(listener: RequestListener): Promise<void> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  api.defaults.baseURL = `http://127.0.0.1:${address.port}`
}
