import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CALL_FEATURES, modelRoutes } from '@faregate/core'
import { SURFACES } from '../src/surfaces.ts'

test('the routes that published models are told to have are surfaces of the gateway, with their features, and none is left out', () => {
  for (const feature of CALL_FEATURES) {
    const told = modelRoutes({ policy: { features: [feature] } }).flatMap(({ method, path }) => (method === 'POST' ? [path] : []))
    // Of paths that clients write in several ways the usual one is told, and Google's stand together.
    const unusual = /^\/v1(alpha)?\/(models|tunedModels)\/|^\/v1beta\/tunedModels\/|^\/ollama\/api\/embeddings$/
    const served = new Set(SURFACES.filter((surface) => surface.feature === feature && !unusual.test(surface.path)).map(({ path }) => path))
    if (feature === 'embeddings') served.delete('/v1beta/models/*')
    assert.deepEqual(told.toSorted(), [...served].toSorted())
  }
})
