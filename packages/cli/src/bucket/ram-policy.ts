/** The least that the server's RAM user, or its role, needs: `GetObject` is also what asking for size and type needs. */
export function leastPolicy(bucket: string, prefixes: readonly string[]): object {
  return {
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['oss:PutObject', 'oss:GetObject', 'oss:DeleteObject', 'oss:ListParts', 'oss:AbortMultipartUpload'],
        Resource: prefixes.map((prefix) => `acs:oss:*:*:${bucket}/${prefix}*`),
      },
    ],
  }
}
