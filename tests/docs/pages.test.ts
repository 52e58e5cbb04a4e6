import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import { ROOT } from '../support/gateway.ts'
import { anchorsOf, blocksOf, codeSpans, linksOf } from './markdown.ts'
import { allPages, read } from './pages.ts'

const PAGES = allPages()
const SCRIPTS = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts)

/** A code span that names a file or folder of the repository: it begins with one of its folders, or is a script in its root. */
const PATH = /^(?:\.\/)?((?:\.ci|bench|bin|docs|packages|tests|tools)\/[\w./@-]*|[\w-]+\.sh|Dockerfile|package\.json)$/

function nothingMissing(missing: string[]): void {
  assert.deepEqual(missing, [])
}

describe('README, ARCHITECTURE, CONTRIBUTING and docs', () => {
  it('are all there to be checked', () => {
    assert.ok(PAGES.length >= 20, `${PAGES.length} pages`)
    assert.ok(PAGES.flatMap(({ text }) => pathsIn(text)).length >= 40)
  })

  it('name only paths that exist', () => {
    nothingMissing(
      PAGES.flatMap(({ file, text }) =>
        pathsIn(text)
          .filter((path) => !holdsSomething(join(ROOT, path)))
          .map((path) => `${file}: ${path}`),
      ),
    )
  })

  it('link only to pages and headings that exist', () => {
    const links = PAGES.flatMap(({ file, text }) => linksOf(text).map((link) => ({ file, link })))
    assert.ok(links.length >= 40)
    nothingMissing(links.filter(({ file, link }) => !resolves(file, link)).map(({ file, link }) => `${file}: ${link}`))
  })

  it('name only npm scripts that exist', () => {
    const named = PAGES.flatMap(({ file, text }) => {
      const code = [...codeSpans(text), ...blocksOf(text).map((block) => block.text)].join('\n')
      return [...code.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g)].map((match) => ({ file, script: match[1] ?? '' }))
    })
    assert.ok(named.length >= 10)
    nothingMissing(named.filter(({ script }) => !SCRIPTS.includes(script)).map(({ file, script }) => `${file}: npm run ${script}`))
  })

  it('say nothing of where they were written', () => {
    const foreign = /\/work\/|\/tmp\/|\/root\/|localhost:\d|issue #?\d/
    nothingMissing(PAGES.filter(({ text }) => foreign.test(text)).map(({ file }) => file))
  })
})

/** Git keeps no empty folder. */
function holdsSomething(path: string): boolean {
  return existsSync(path) && (!statSync(path).isDirectory() || readdirSync(path).length > 0)
}

function pathsIn(text: string): string[] {
  return codeSpans(text).flatMap((span) => PATH.exec(span)?.[1] ?? [])
}

function resolves(file: string, link: string): boolean {
  if (/^https?:/.test(link)) return true
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? file : normalize(join(dirname(file), path))
  if (!existsSync(join(ROOT, target))) return false
  return anchor === undefined || anchorsOf(readFileSync(join(ROOT, target), 'utf8')).has(anchor)
}
