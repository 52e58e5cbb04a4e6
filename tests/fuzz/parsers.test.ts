import { test } from 'node:test'
import { fuzzParsers } from './parsers.ts'

const INPUTS = 3_000

test(`${INPUTS} odd requests and answers go through every parser of the wire without a throw, as JSON.parse reads them`, () => {
  fuzzParsers({ seed: 20_261_122, inputs: INPUTS })
})
