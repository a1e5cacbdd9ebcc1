import { expect, test } from '../stage/stage.ts'
import { Visitor } from '../stage/visitor.ts'

// A client that holds a genuine grant and sends something else. The bucket itself must refuse, with nothing stored.

const body = Buffer.from('twelve bytes')
const named = { name: 'a.txt', size: body.length, type: 'text/plain' }

type Form = [name: string, value: string | Blob][]

const cheats: { what: string; alter(form: Form): Form; status: number; code: string; ec?: string }[] = [
  {
    what: 'another key',
    alter: (form) => put(form, 'key', 'demo/somebody-else.txt'),
    status: 403,
    code: 'AccessDenied',
    ec: '0006-00000227',
  },
  {
    what: 'a bigger body',
    alter: (form) => put(form, 'file', new Blob(['thirteen byte'])),
    status: 400,
    code: 'EntityTooLarge',
  },
  {
    what: 'a smaller body',
    alter: (form) => put(form, 'file', new Blob(['eleven byte'])),
    status: 400,
    code: 'EntityTooSmall',
  },
  {
    what: 'another type',
    alter: (form) => put(form, typeField(form), 'text/html'),
    status: 403,
    code: 'AccessDenied',
    ec: '0006-00000227',
  },
  { what: 'no type', alter: (form) => drop(form, typeField(form)), status: 403, code: 'AccessDenied' },
  { what: 'no callback', alter: (form) => drop(form, 'callback'), status: 403, code: 'AccessDenied' },
  {
    what: 'another callback',
    alter: (form) => put(form, 'callback', base64('{"callbackUrl":"http://127.0.0.1:1/","callbackBody":"a=b"}')),
    status: 403,
    code: 'AccessDenied',
    ec: '0006-00000227',
  },
  {
    what: 'overwriting allowed',
    alter: (form) => put(form, 'x-oss-forbid-overwrite', 'false'),
    status: 403,
    code: 'AccessDenied',
    ec: '0006-00000227',
  },
  {
    what: 'another disposition',
    alter: (form) => put(form, 'Content-Disposition', 'inline; filename="x.html"'),
    status: 403,
    code: 'AccessDenied',
    ec: '0006-00000227',
  },
  {
    what: 'another answer',
    alter: (form) => put(form, 'success_action_status', '201'),
    status: 403,
    code: 'AccessDenied',
    ec: '0006-00000227',
  },
  {
    what: 'the key moved behind the file',
    alter: (form) => moveBehindFile(form, 'key'),
    status: 400,
    code: 'InvalidArgument',
  },
  {
    what: 'the callback moved behind the file',
    alter: (form) => moveBehindFile(form, 'callback'),
    status: 403,
    code: 'AccessDenied',
  },
  {
    what: 'the type moved behind the file',
    alter: (form) => moveBehindFile(form, typeField(form)),
    status: 403,
    code: 'AccessDenied',
  },
  {
    what: 'another policy',
    alter: (form) => put(form, 'policy', widen(form)),
    status: 403,
    code: 'SignatureDoesNotMatch',
  },
  { what: 'no policy', alter: (form) => drop(form, 'policy'), status: 400, code: 'InvalidArgument' },
  {
    what: 'no signature at all',
    alter: (form) => form.filter(([name]) => !/policy|signature|credential|date/.test(name)),
    status: 403,
    code: 'AccessDenied',
  },
  {
    what: 'another date',
    alter: (form) => put(form, 'x-oss-date', '20200101T000000Z'),
    status: 403,
    code: 'AccessDenied',
  },
  {
    what: 'two files',
    alter: (form) => [...form, ['file', new Blob(['twelve bytes'])]],
    status: 400,
    code: 'IncorrectNumberOfFilesInPOSTRequest',
  },
]

test('the honest form is taken, so that the refusals below mean something', async ({ stage }) => {
  const visitor = await Visitor.arrive(stage.origin)
  const grant = await visitor.grantForm(named)
  const answer = await post(grant.url, honestForm(grant.fields))
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ id: grant.id, status: 'settled', result: { key: grant.key } })
})

for (const { what, alter, status, code, ec } of cheats) {
  test(`${what}: refused by OSS, nothing stored, the record unsettled`, async ({ stage }) => {
    const visitor = await Visitor.arrive(stage.origin)
    const grant = await visitor.grantForm(named)
    const answer = await post(grant.url, alter(honestForm(grant.fields)))
    const text = await answer.text()
    expect(answer.status, text).toBe(status)
    expect(text).toContain(`<Code>${code}</Code>`)
    if (ec) expect(text).toContain(`<EC>${ec}</EC>`)

    const stored = await stage.readObject(grant.key).catch((error) => error.code)
    expect(stored).toBe('NoSuchKey')
    expect(await visitor.record(grant.id)).toMatchObject({ status: 'granted' })
    expect((await visitor.confirm(grant.id)).body).toMatchObject({ code: 'object-absent', hint: expect.any(String) })
  })
}

test('an expired policy: refused by OSS, and a grant of its own is not lost', async ({ stage }) => {
  const visitor = await Visitor.arrive(stage.origin)
  const grant = await visitor.grantForm(named)
  await stage.setFault({ name: 'clock', offsetMs: Date.parse(grant.expiresAt) - Date.now() + 1000 })
  const answer = await post(grant.url, honestForm(grant.fields))
  expect(answer.status).toBe(403)
  expect(await answer.text()).toContain('Invalid according to Policy: Policy expired.')
})

test('a grant used twice: the second is refused, the first object stays', async ({ stage }) => {
  const visitor = await Visitor.arrive(stage.origin)
  const grant = await visitor.grantForm(named)
  expect((await post(grant.url, honestForm(grant.fields))).status).toBe(200)
  const again = await post(grant.url, put(honestForm(grant.fields), 'file', new Blob(['TWELVE BYTES'])))
  expect(again.status).toBe(409)
  expect(await again.text()).toContain('<Code>FileAlreadyExists</Code>')
  expect((await stage.readObject(grant.key)).toString()).toBe('twelve bytes')
})

test('a grant posted to another bucket: refused', async ({ stage }) => {
  const visitor = await Visitor.arrive(stage.origin)
  const grant = await visitor.grantForm(named)
  const answer = await post(grant.url.replace('/uploads', '/other'), honestForm(grant.fields))
  expect(answer.status).toBe(403)
  expect(await answer.text()).toContain('<EC>0006-00000227</EC>')
})

function honestForm(fields: Record<string, string>): Form {
  return [...Object.entries(fields), ['file', new Blob([body], { type: 'text/plain' })]]
}

function post(url: string, form: Form): Promise<Response> {
  const data = new FormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') data.append(name, value)
    else data.append(name, value, 'a.txt')
  }
  return fetch(url, { method: 'POST', body: data })
}

function put(form: Form, name: string, value: string | Blob): Form {
  expect(form.map(([own]) => own)).toContain(name)
  return form.map(([own, old]) => [own, own === name ? value : old])
}

function drop(form: Form, name: string): Form {
  expect(form.map(([own]) => own)).toContain(name)
  return form.filter(([own]) => own !== name)
}

function moveBehindFile(form: Form, name: string): Form {
  return [...drop(form, name), ...form.filter(([own]) => own === name)]
}

function typeField(form: Form): string {
  return form.find(([name]) => /content-type/i.test(name))?.[0] ?? ''
}

/** The same policy with its key condition loosened, as a cheat without the secret would write it. */
function widen(form: Form): string {
  const policy = form.find(([name]) => name === 'policy')?.[1]
  return base64(Buffer.from(String(policy), 'base64').toString().replace('["eq","$key"', '["starts-with","$key"'))
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
