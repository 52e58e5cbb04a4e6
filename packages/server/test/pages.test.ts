import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CATALOGUE, DENIAL_CODES, problemPath } from '@faregate/core'
import { MANAGEMENT_PROBLEMS } from '@faregate/contract/problems'
import { chat, opened } from './support/server.ts'

test('the start page shows version, providers and three commands with real values, and loads nothing from elsewhere', async (t) => {
  const server = await opened(t)
  const answer = await fetch(server.url)
  const text = await answer.text()
  assert.equal(answer.status, 200)
  assert.match(text, /demo/)
  assert.ok(text.includes(`curl ${server.url}/v1/chat/completions`))
  assert.match(text, /npx faregate key create --credit 5/)
  assert.doesNotMatch(text, /(src|href)="https?:/)
  assert.doesNotMatch(text, /<script/)
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/)
})

test('every code of both catalogues has its page, under dashes and underscores, and no other has one', async (t) => {
  const server = await opened(t)
  const index = await (await fetch(`${server.url}/problems`)).text()
  for (const code of [...DENIAL_CODES, ...Object.keys(MANAGEMENT_PROBLEMS)]) {
    assert.ok(index.includes(problemPath(code)), code)
    for (const path of [problemPath(code), `/problems/${code}`]) {
      const answer = await fetch(server.url + path)
      assert.equal(answer.status, 200, path)
      assert.ok((await answer.text()).includes(code))
    }
  }
  assert.equal((await fetch(`${server.url}/problems/insufficient-patience`)).status, 404)
  assert.equal(Object.keys(CATALOGUE).length, DENIAL_CODES.length)
})

test('the API reference lists what openapi.json describes', async (t) => {
  const server = await opened(t)
  const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as { paths: Record<string, unknown> }
  const text = await (await fetch(`${server.url}/api/reference`)).text()
  assert.ok(Object.keys(document.paths).length > 20)
  for (const path of Object.keys(document.paths)) assert.ok(text.includes(`<code>${path}</code>`), path)
})

test('a refusal is shown to its key and to the operator, and to nobody else', async (t) => {
  const server = await opened(t)
  const mine = await server.customer()
  const other = await server.customer()
  const refused = (await (await chat(server.url, mine.key, { model: 'nothing-like-it' })).json()) as { instance: string; code: string }
  assert.equal(refused.code, 'model_unknown')
  const look = (key?: string) =>
    fetch(server.url + refused.instance, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })
  const own = (await (await look(mine.key)).json()) as { code: string; trace: { check: string }[] }
  assert.equal(own.code, 'model_unknown')
  assert.ok(own.trace.length > 1)
  assert.equal((await look(server.token)).status, 200)
  const foreign = await look(other.key)
  assert.equal(foreign.status, 404)
  assert.doesNotMatch(await foreign.text(), /nothing-like-it/)
  assert.equal((await look()).status, 401)
})

test('a browser is asked for the key in a form, which posts it; never in the URL', async (t) => {
  const server = await opened(t)
  const { key } = await server.customer()
  const refused = (await (await chat(server.url, key, { model: 'nothing-like-it' })).json()) as { instance: string }
  const form = await (await fetch(server.url + refused.instance, { headers: { accept: 'text/html' } })).text()
  assert.match(form, /<form method="post"/)
  assert.doesNotMatch(form, /nothing-like-it/)
  const post = (value: string) => fetch(server.url + refused.instance, { method: 'POST', body: new URLSearchParams({ key: value }) })
  const shown = await post(key)
  assert.equal(shown.status, 200)
  assert.match(await shown.text(), /nothing-like-it/)
  assert.equal((await post('fg_wrong')).status, 404)
  assert.equal((await fetch(`${server.url}${refused.instance}?key=${key}`)).status, 401)
})

test('what a caller sends never becomes markup', async (t) => {
  const server = await opened(t)
  const { key } = await server.customer()
  const refused = (await (await chat(server.url, key, { model: '<img src=x>' })).json()) as { instance: string }
  const shown = await fetch(server.url + refused.instance, { method: 'POST', body: new URLSearchParams({ key }) })
  const text = await shown.text()
  assert.match(text, /&lt;img src=x&gt;/)
  assert.doesNotMatch(text, /<img/)
})

test('guides and reference are served, and every link from page to page leads somewhere, anchors included', async (t) => {
  const server = await opened(t)
  const pages = new Map<string, string>()
  const read = async (path: string): Promise<string> => {
    const known = pages.get(path)
    if (known !== undefined) return known
    const answer = await fetch(server.url + path)
    assert.equal(answer.status, 200, path)
    const text = await answer.text()
    pages.set(path, text)
    return text
  }
  const linksOf = (text: string) => [...text.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href)
  const documents = linksOf(await read('/docs')).filter((href) => href.startsWith('/docs/'))
  assert.ok(documents.length > 8)
  for (const from of documents) {
    for (const href of linksOf(await read(from))) {
      if (!/^(\/docs\/|#)/.test(href)) continue
      const [path = '', hash] = href.split('#')
      const text = await read(path === '' ? from : path)
      if (hash !== undefined) assert.ok(text.includes(`id="${hash}"`), `${from} links to ${href}`)
    }
  }
  assert.equal((await fetch(`${server.url}/docs/..%2Fsecrets`)).status, 404)
})
