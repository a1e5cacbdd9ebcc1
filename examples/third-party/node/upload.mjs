// Uploads a file with ali-oss: node upload.mjs FILE [parts]
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { argv, env, exit, stdout } from 'node:process'
import OSS from 'ali-oss'

const UPLOADS = env.UPLOADS ?? 'http://localhost:3002/uploads'
const [file = '', way] = argv.slice(2)

try {
  const { size } = await stat(file)
  const request = { route: 'partner', transport: 'sts', files: [{ name: basename(file), size, type: 'text/plain' }] }
  const [{ ok, grant, error }] = (await call('', request)).grants
  if (!ok) throw Object.assign(new Error(error.detail), { code: error.code })
  await upload(grant)
} catch (error) {
  say(`failed: ${error.code ?? error.name}: ${error.message}`)
  exit(1)
}

async function upload(grant) {
  const { accessKeyId, accessKeySecret, securityToken: stsToken } = grant.credentials
  const client = new OSS({
    endpoint: grant.endpoint,
    region: `oss-${grant.region}`,
    bucket: grant.bucket,
    cname: grant.addressing === 'cname',
    sldEnable: grant.addressing === 'path',
    authorizationV4: true,
    accessKeyId,
    accessKeySecret,
    stsToken,
    // The keys are good for this one upload; it is over before they are.
    refreshSTSToken: () => ({ accessKeyId, accessKeySecret, stsToken }),
    refreshSTSTokenInterval: 900_000,
  })
  const options = { headers: grant.headers, mime: grant.headers['content-type'], callback: callbackOf(grant.callback) }
  try {
    const { data } =
      way === 'parts'
        ? await client.multipartUpload(grant.key, file, { ...options, partSize: 1024 ** 2 })
        : await client.put(grant.key, file, options)
    say(`done: ${JSON.stringify(data)}`)
  } catch (error) {
    if (error.status !== 203) throw error
    say(`unconfirmed: ${error.code}: ${error.message}`)
    say(`done: ${JSON.stringify(await call(`/${grant.id}/confirm`, {}))}`)
  }
}

/** The SDK encodes by itself, under names of its own. */
function callbackOf({ plain: { callback, callbackVar } }) {
  return {
    url: callback.callbackUrl,
    host: callback.callbackHost,
    body: callback.callbackBody,
    contentType: callback.callbackBodyType,
    callbackSNI: callback.callbackSNI,
    customValue: Object.fromEntries(
      Object.entries(callbackVar).map(([name, value]) => [name.slice('x:'.length), value]),
    ),
  }
}

async function call(path, body) {
  const answer = await fetch(UPLOADS + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${env.UPLOADS_KEY ?? 'odk_made-by-oss-direct-keys-create'}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  const json = await answer.json()
  if (!answer.ok) throw Object.assign(new Error(json.detail), { code: json.code })
  return json
}

function say(line) {
  stdout.write(`${line}\n`)
}
