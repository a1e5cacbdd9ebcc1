import type { RecordTexts } from './record-texts.ts'

export const en: RecordTexts = {
  back: 'Upload and history',
  loading: 'Reading the record',
  notFound: 'There is no such upload of yours',
  notFoundHint: 'It may have been deleted, or it belongs to somebody else.',
  failed: 'The record could not be read.',
  factsTitle: 'The record',
  facts: {
    id: 'Record',
    route: 'Route',
    key: 'Object key',
    type: 'Type',
    size: 'Size',
    etag: 'ETag',
    crc64: 'CRC-64',
    created: 'Granted',
    settled: 'Settled',
    evidence: 'Known by',
  },
  evidence: {
    callback: 'OSS called, and the bucket confirmed it',
    complete: 'the parts were completed, and the bucket confirmed it',
    head: 'the bucket was asked',
  },
  copyRecord: 'Copy the record',

  traceLoading: 'Reading the trace',
  traceOff: 'This server keeps no traces',
  traceOffHint:
    'With the option keepTrace it notes what it signed, what OSS sent and what was answered, and it is shown here. The upload itself is not affected.',
  traceEmpty: 'The trace of this upload has gone',
  traceEmptyHint: 'It was made before this server kept traces, or was cleared since. The record above is complete.',
  traceFailed: 'The trace could not be read.',

  timeline: 'What happened',
  timelineHint: 'By the clock of the server; beside each step, the time since the one before.',
  raw: 'Raw',
  copy: 'Copy',
  copyTrace: 'Copy the whole trace',
  hidden: 'left out, because it is a secret',

  policy: 'What the server signed',
  policyHint:
    'The POST policy: OSS takes the form only if each of these lines holds. Anybody who has the form can read it; nobody can change it.',
  stops: 'Stops',
  lines: {
    expiration: {
      binds: (time) => `The form is good until ${time}.`,
      stops: 'a form that leaked and turns up later.',
    },
    bucket: {
      binds: (name) => `Only the bucket ${name}.`,
      stops: 'the form being sent to another bucket of the same owner.',
    },
    key: {
      binds: (key) => `Only the object ${key}. The server made the name up.`,
      stops: 'a client that writes where it likes, over the file of somebody else for example.',
    },
    keyPrefix: {
      binds: (prefix) => `Only objects whose key begins with ${prefix}.`,
      stops: 'a client that writes outside of its folder.',
    },
    size: {
      binds: (size) => `Exactly ${size}, as the browser declared it.`,
      stops: 'another file than the one that was asked for, and a bucket filled at your expense.',
    },
    sizeRange: { binds: (min, max) => `From ${min} to ${max}.`, stops: 'a bucket filled at your expense.' },
    type: {
      binds: (type) => `Stored as ${type}, whatever the file part says of itself.`,
      stops: 'a page with scripts that is stored as if it were a picture, and opened from your domain.',
    },
    disposition: {
      binds: (text) => `Served as ${text}.`,
      stops: 'a browser that runs the file instead of saving it; and the file’s own name is kept.',
    },
    status: {
      binds: (status) => `OSS answers ${status}, with the application’s own words.`,
      stops: 'OSS’s default, 204: it has no body, and the answer would be lost.',
    },
    overwrite: {
      binds: () => 'The object must not exist yet.',
      stops: 'a form that is used twice, and replaces what was accepted the first time.',
    },
    callback: {
      binds: () => 'Exactly this callback parameter; it is taken apart below.',
      stops: 'a client that drops the callback, sends it elsewhere, or puts another record’s id in.',
    },
    variable: {
      binds: (value) => `This variable of the callback is ${value}.`,
      stops: 'a client that tells the application something else.',
    },
    signatureVersion: { binds: (version) => `Signed the way ${version} says.`, stops: 'a weaker way of signing.' },
    credential: {
      binds: (scope) => `With the key, day, region and service of ${scope}.`,
      stops: 'the signature being used in another region, or for another service.',
    },
    date: {
      binds: (date) => `Signed at ${date}.`,
      stops: 'a signature of another day; the signing key is derived from the date.',
    },
    token: {
      binds: () => 'With this session of temporary credentials.',
      stops: 'the form outliving the session that signed it.',
    },
    other: { binds: () => 'A further condition.', stops: 'whatever does not fulfil it.' },
  },

  signature: 'The signature',
  signatureHint: 'What the form carries beside the policy, so that OSS can verify who signed it.',
  fields: {
    'x-oss-signature-version': 'How it was signed: HMAC-SHA256, with a key derived for one day, region and service.',
    'x-oss-credential': 'Whose key it was, and what the derived key is good for. The key id is no secret.',
    'x-oss-date': 'When it was signed, in UTC. OSS compares it with its own clock.',
    'x-oss-signature': 'HMAC of the policy’s Base64 text. Left out here: with it the form could be used again.',
    'x-oss-security-token': 'The session of temporary credentials. Left out here.',
    OSSAccessKeyId: 'Whose key it was. The key id is no secret.',
    Signature: 'HMAC-SHA1 of the policy’s Base64 text. Left out here: with it the form could be used again.',
  },

  plan: 'What the server granted',
  planHint:
    'A large file goes in parts. There is no form and no policy: the server begins the upload itself and signs the address of each part when the browser asks for it, good for minutes. It completes the upload itself too, so no callback is needed.',
  planFacts: (parts, size) => `${parts} parts of ${size}, the last one shorter.`,

  callback: 'The callback parameter',
  callbackHint: 'What OSS shall do once the file is stored. It travels in the form as Base64 JSON.',
  noCallback: 'None was signed: the server learns of the file when it is asked to confirm.',
  parameter: {
    url: 'OSS calls',
    host: 'Host header',
    sni: 'Server name in TLS',
    bodyType: 'Body as',
    body: 'Body',
  },
  sni: (isOn) => (isOn ? 'sent' : 'not sent'),
  template: 'Template of the body',
  templateFrom: {
    oss: 'OSS fills it in',
    variable: 'a variable of the form',
    literal: 'the server wrote it, and the policy binds it',
    ticket: 'the server’s own proof that it granted this very upload; left out here',
  },

  sent: 'What OSS sent',
  sentNth: (number) => `What OSS sent, call ${number}`,
  sentHint: 'The callback as it arrived.',
  notSent: 'No callback of OSS arrived for this upload.',
  verifiedBy: (keyUrl) =>
    `The signature was verified with the public key at ${keyUrl}. All customers of OSS share it, so the server also checked its own ticket, and then asked the bucket.`,
  headers: 'Headers',
  headerMeanings: {
    authorization: 'OSS’s RSA signature over path and body. Left out here.',
    'x-oss-pub-key-url': 'where its public key is, in Base64; only listed addresses count',
    'x-oss-request-id': 'OSS’s own id of the upload; its support asks for it',
    'x-oss-bucket': 'the bucket that it happened in',
    'x-oss-requester': 'the account that signed the upload',
    'x-oss-owner': 'the account that owns the bucket',
    'x-oss-signature-version': 'how the callback itself is signed',
    'x-oss-tag': 'the kind of message',
    'x-oss-additional-headers': 'further headers that were asked for',
    'content-type': 'how the body is written',
    'content-length': 'bytes of the body',
    'content-md5': 'checksum of the body',
    'user-agent': 'who calls',
    host: 'the application’s own name',
    date: 'by OSS’s clock',
  },
  body: 'Body',

  answered: 'What was answered',
  answeredHint: 'OSS hands this very JSON to the browser, and the row shows it.',
  answeredElsewhere: 'The browser asked the server itself, and got this.',
  refusedWith: (code) => `Refused: ${code}`,
  refusedMeans: 'OSS told the browser 203: stored, and the callback failed. The browser then asks the server itself.',
  applicationFailed: 'The application failed:',
  notAnswered: 'Nothing has been answered yet.',

  events: {
    granted: 'The server signed a form',
    grantedParts: (count) => `The server granted ${count} parts`,
    callbackReceived: 'OSS called, and its signature and the ticket were verified',
    asked: (evidence) => `The server asked the bucket (${evidence})`,
    found: (size) => `it holds ${size}`,
    notFound: 'nothing is there yet',
    answered: 'The application answered',
    failed: (reason) => `The application failed: ${reason}`,
    callbackAnswered: (status) => `OSS was answered ${status}`,
    callbackRefused: (code) => `OSS was refused: ${code}`,
    partsBegun: 'The upload in parts was begun at OSS',
    partsSigned: (count, held) => `${count} part addresses signed; OSS held ${held} parts`,
    partsListed: (count) => `OSS listed ${count} parts`,
    partsCompleted: (count, size) => `${count} parts became one object of ${size}`,
    partsAborted: 'The parts were dropped',
  },
}
