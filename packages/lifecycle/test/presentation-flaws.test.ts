import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flawsOf, isMailAddress } from '../src/index.ts'

const API = {
  prefix: '/weather',
  upstream: { baseUrl: 'https://weather.example' },
  routes: [{ method: 'GET', path: '/', free: true }],
} as const

function flawed(presentation: { contact?: string; logo?: string }): string[] {
  return flawsOf({ ...API, routes: [...API.routes], presentation }).map(({ path }) => path.join('.'))
}

test('a contact is an address of mail or a page', () => {
  for (const contact of ['help@example.com', 'a.b+c@mail.example.com', 'https://example.com/help', 'http://example.com'])
    assert.deepEqual(flawed({ contact }), [], contact)
  for (const contact of [
    'help',
    'javascript:alert(1)',
    'mailto:a@b.example',
    'https://user:pass@example.com',
    'a@b',
    'a@b.example?bcc=c@d.example',
  ])
    assert.deepEqual(flawed({ contact }), ['presentation.contact'], contact)
  assert.ok(!isMailAddress('https://example.com/@b.example'))
})

test('a logo is a picture of at most 32 KiB, or an https URL whose host can stand in a header', () => {
  const picture = (bytes: number) => `data:image/png;base64,${Buffer.alloc(bytes).toString('base64')}`
  for (const logo of ['https://example.com/logo.png', picture(32 * 1024), 'data:image/svg+xml;base64,PHN2Zy8+'])
    assert.deepEqual(flawed({ logo }), [], logo.slice(0, 60))
  for (const logo of [
    'http://example.com/logo.png',
    'https://a;script-src.example/logo.png',
    'https://[::1]/logo.png',
    picture(33 * 1024),
    'data:text/html;base64,PHN2Zy8+',
    'data:image/png,raw',
    'logo.png',
  ])
    assert.deepEqual(flawed({ logo }), ['presentation.logo'], logo.slice(0, 60))
})
