export { identifyByJwt, type JwtClaims, type JwtIdentityOptions, type JwtKey } from './jwt-identity.ts'
