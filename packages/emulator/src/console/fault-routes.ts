import { Router } from 'express'
import { type Fault, type Faults, parseFault } from '../faults.ts'
import { Refusal } from './refusal.ts'

export function faultRoutes(faults: Faults): Router {
  const routes = Router()

  routes.get('/faults', (_request, response) => {
    response.json({ faults: faults.list() })
  })
  routes.post('/faults', (request, response) => {
    response.status(201).json({ id: faults.set(readFault(request.body)) })
  })
  routes.delete('/faults', (_request, response) => {
    faults.clear()
    response.status(204).end()
  })
  routes.delete('/faults/:id', (request, response) => {
    faults.clear(request.params.id)
    response.status(204).end()
  })

  return routes
}

function readFault(body: unknown): Fault {
  try {
    return parseFault(body)
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal(400, error.message)
    throw error
  }
}
