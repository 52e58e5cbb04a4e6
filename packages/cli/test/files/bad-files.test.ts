import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readFolder } from '../../src/files/folder.ts'

const API = `apis:
  weather:
    upstream: { baseUrl: 'http://127.0.0.1:1' }
    routes: [{ method: GET, path: /a, price: 0.10 }]
`

/** What is wrong with a folder of files: the place, the member, and how it is mended. */
const BAD: Record<string, [files: Record<string, string>, said: RegExp[]]> = {
  'broken YAML': [{ 'a.yaml': 'models: [' }, [/^a\.yaml:1:\d+ {2}/]],
  'an unknown member, with those that are known': [
    { 'apis/a.yaml': `${API}    colour: red\n` },
    [/^apis\/a\.yaml:5:5 apis\.weather\.colour unknown member `colour` → remove it; known here: .*prefix, upstream/],
  ],
  'a value of the wrong form': [
    { 'a.yaml': API.replace('GET', 'FETCH') },
    [/^a\.yaml:4:16 apis\.weather\.routes\[0\]\.method .* → .*The method/],
  ],
  'a variable that is not set, where it is no secret': [
    { 'a.yaml': API.replace('http://127.0.0.1:1', '${WHERE}') },
    [/^a\.yaml:3:17 apis\.weather\.upstream\.baseUrl the environment variable WHERE is not set → set WHERE, or write \$\{WHERE:-default\}/],
  ],
  'a document that is not there': [
    { 'apis/a.yaml': `${API}    document: ./no.yaml\n` },
    [/^apis\/a\.yaml:5:5 apis\.weather\.document the file \.\/no\.yaml is not there → name a file relative to apis\/a\.yaml/],
  ],
  'a document outside the folder': [
    { 'apis/a.yaml': `${API}    document: ../../outside.yaml\n` },
    [/apis\.weather\.document the file \.\.\/\.\.\/outside\.yaml is outside the folder → put it into the folder/],
  ],
  'a document outside the folder, behind a link': [{ 'a.yaml': `${API}    document: ./link.yaml\n` }, [/is outside the folder/]],
  'the same thing in two files': [
    { 'a.yaml': API, 'b.yaml': API },
    [/^b\.yaml:2:3 apis\.weather stands in a\.yaml:2:3 already → remove one of them/],
  ],
  'two things at once': [{ 'a.yaml': 'models: { a: { deployments: [] }, b: { maxOutput: 0 } }' }, [/models\.a\.deployments/, /models\.b/]],
}

describe('a folder that cannot be applied says where, what, and how to mend it', () => {
  const root = mkdtempSync(join(tmpdir(), 'faregate-bad-'))
  after(() => rmSync(root, { recursive: true, force: true }))
  writeFileSync(join(root, 'outside.yaml'), 'openapi: 3.1.0')

  for (const [index, [what, [files, expected]]] of Object.entries(BAD).entries())
    test(what, async () => {
      const folder = join(root, String(index))
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), text)
      }
      symlinkSync(join(root, 'outside.yaml'), join(folder, 'link.openapi.yaml'))
      if (what.endsWith('link')) symlinkSync(join(root, 'outside.yaml'), join(folder, 'link.yaml'))
      const { findings } = await readFolder(folder, {})
      const said = findings.map(({ place, path, problem, fix }) => `${place} ${path} ${problem} → ${fix}`)
      for (const pattern of expected)
        assert.ok(
          said.some((line) => pattern.test(line)),
          said.join('\n'),
        )
    })

  test('digits without quotes, defaults, and what is escaped are read as they are meant', async () => {
    const folder = join(root, 'good')
    mkdirSync(folder)
    writeFileSync(join(folder, 'a.yaml'), `${API}    presentation: { title: '$\${A}', summary: '\${B:-so}' }\n`)
    const { entries, findings } = await readFolder(folder, {})
    assert.deepEqual(findings, [])
    const { routes, presentation } = entries[0]?.value ?? {}
    assert.deepEqual([routes, presentation], [[{ method: 'GET', path: '/a', price: '0.10' }], { title: '${A}', summary: 'so' }])
  })
})
