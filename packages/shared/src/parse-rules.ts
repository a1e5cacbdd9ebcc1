import { answerOf } from './answer.ts'
import { count, list, mapOf, object, oneOf, text } from './reader.ts'
import type { RouteRules, RoutesAnswer } from './wire.ts'

/** `GET /uploads/routes` */
export const parseRouteRules = (body: unknown): Record<string, RouteRules> => parseRoutes(body).routes

const parseRoutes = answerOf(
  object<RoutesAnswer>({
    routes: mapOf(
      object<RouteRules>({
        accept: list(text(), 0, 1000),
        minBytes: count(),
        maxBytes: count(),
        maxFiles: count(1),
        transports: list(oneOf('post', 'put', 'multipart', 'sts'), 1, 4),
      }),
    ),
  }),
)
