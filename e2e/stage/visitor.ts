/** Somebody who talks to the server without a browser: a script, a partner, a cheat. */
export class Visitor {
  readonly #origin: string
  readonly #cookie: string

  private constructor(origin: string, cookie: string) {
    this.#origin = origin
    this.#cookie = cookie
  }

  /** The server knows its visitors by a signed cookie, which the first answer sets. */
  static async arrive(origin: string): Promise<Visitor> {
    const first = await fetch(origin)
    const cookies = first.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '')
    if (cookies.length === 0) throw new Error('the server set no cookie')
    return new Visitor(origin, cookies.join('; '))
  }

  async grantForm(file: { name: string; size: number; type: string }): Promise<FormGrant> {
    const { status, body } = await this.send('POST', '/uploads', { route: 'demo', transport: 'post', files: [file] })
    const outcome = (body as { grants?: { ok: boolean; grant: FormGrant }[] }).grants?.[0]
    if (!outcome?.ok) throw new Error(`no grant: ${status} ${JSON.stringify(body)}`)
    return outcome.grant
  }

  async record(id: string): Promise<unknown> {
    return (await this.send('GET', `/uploads/${id}`)).body
  }

  confirm(id: string): Promise<{ status: number; body: unknown }> {
    return this.send('POST', `/uploads/${id}/confirm`, {})
  }

  async send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${this.#origin}${path}`, {
      method,
      headers: {
        cookie: this.#cookie,
        origin: this.#origin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }
}

export interface FormGrant {
  id: string
  key: string
  url: string
  expiresAt: string
  fields: Record<string, string>
}
