import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { checkConfiguration } from '../src/config/check.ts'

describe('documents of APIs in the configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-documents-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'broken.yaml'), 'just: words\n')

  const routes = [{ method: 'GET', path: '/items/{id}', price: '0.01' }]
  const rows: [what: string, api: Record<string, unknown>, said: RegExp][] = [
    ['that is not there', { document: './no.yaml' }, /apis\.test\.document: the file \.\/no\.yaml cannot be read → name an OpenAPI/],
    ['that is none', { document: './broken.yaml' }, /apis\.test\.document: \.\/broken\.yaml:1:\d+: .* → mend the document there/],
    ['that is needed', { validation: { request: 'report' } }, /apis\.test\.validation: .* → name its OpenAPI document: `document: /],
    ['that is published', { checks: { calls: [], beforePublish: true } }, /unknown member `beforePublish`/],
    [
      'of a prompt',
      { document: './no.yaml', prompt: { model: 'm', user: 'u' } },
      /apis\.test\.\w+: belongs to a service, and this is a prompt/,
    ],
  ]
  for (const [what, api, said] of rows)
    test(`one ${what} is told with its place and mend`, async () => {
      const file = join(folder, 'faregate.yaml')
      writeFileSync(
        file,
        JSON.stringify({ apis: { test: { prefix: '/test', upstream: { baseUrl: 'http://127.0.0.1:1' }, routes, ...api } } }),
      )
      const { ok, findings } = await checkConfiguration({ config: file }, {})
      const text = findings.map((finding) => finding.text).join('\n')
      assert.deepEqual([ok, said.test(text), text.includes(`${file}:1:`)], [false, true, true], text)
    })
})
