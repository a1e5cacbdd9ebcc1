/** What a process of the soak is told, as JSON in the environment. */
export interface ServerSettings {
  port: number
  databaseUrl: string
  ossOrigin: string
  /** Where OSS calls: the balancer, which passes it on to any of the servers. */
  callbackUrl: string
}

export const SETTINGS_VARIABLE = 'SOAK_SETTINGS'
export const accessKey = { accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }
