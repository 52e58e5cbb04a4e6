import assert from 'node:assert/strict'
import type { ApiEntry } from '@faregate/core'
import { test } from 'node:test'
import { descriptionOf } from '../src/catalogue/description.ts'
import { strangersMarkdown } from '../src/catalogue/markdown.ts'

const ELEMENTS =
  /<\/?(h[3-6]|p|pre|code|blockquote|hr|ul|ol|li|table|thead|tbody|tr|th|td|div|strong|em|del|br|a)( (start|tabindex|scope|class|href|rel)="[^"<>]*")*( \/)?>/g

/** What is left of the markup once the elements that there may be are taken out. */
function strange(markup: string): string {
  return markup.replace(ELEMENTS, '')
}

test('Markdown becomes headings below those of the page, lists, tables, code and links', () => {
  const text = strangersMarkdown(
    '# Weather\n\nOf **today** and `now`, ~~not~~ *later*:\n\n- a\n- [x] b\n\n3. c\n\n> quoted\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```js\nif (a < b) c()\n```\n\n[there](https://example.com/?a=1&b=2) or <help@example.com>\n\n---',
  ).text
  for (const part of [
    '<h3>Weather</h3>',
    '<strong>today</strong>',
    '<code>now</code>',
    '<del>not</del>',
    '<em>later</em>',
    '[x] ',
    '<ol start="3">',
    '<blockquote>',
    '<th scope="col">x</th>',
    'if (a &lt; b) c()',
    '<a href="https://example.com/?a=1&amp;b=2" rel="nofollow noopener noreferrer">there</a>',
    'href="mailto:help@example.com"',
    '<hr />',
  ])
    assert.ok(text.includes(part), `${part} in ${text}`)
  assert.doesNotMatch(strange(text), /[<>]/)
})

test('HTML is shown as text, whatever it is hidden in; links lead to the web and to mail alone', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '<pre><img src=x onerror=alert(1)\n\nmore>',
    '<a href="javascript:alert(1)">x</a>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](https://example.com/"onmouseover="alert(1))',
    '![<img src=x onerror=alert(1)>](https://example.com/x.png)',
    '![x](javascript:alert(1))',
    '`<b>`',
    '```"><script>\nx\n```',
    '| <img src=x> | [x](vbscript:x) |\n|---|---|\n| <b> | `</td><script>` |',
    '- <iframe src="https://example.com">\n  <style>*{display:none}</style>',
    '[<script>](https://example.com "<script>")',
    '&lt;script&gt; &#60;script&#62; \\<script\\>',
    '<!-- --><svg/onload=alert(1)>',
    '[a]: javascript:alert(1)\n\n[a]',
    '<javascript:alert(1)>',
  ]
  for (const attack of attacks) {
    const { text } = strangersMarkdown(attack)
    assert.doesNotMatch(strange(text), /[<>]/, `${attack} became ${text}`)
    assert.doesNotMatch(text, /href="(?!https:\/\/example\.com|mailto:)/, `${attack} became ${text}`)
  }
})

test('what would take long to read is shown as it was written', () => {
  const costly = ['*a_'.repeat(6_666), '**a '.repeat(5_000), '['.repeat(20_000), '`'.repeat(20_000), '!'.repeat(20_000)]
  const nested = ['>'.repeat(20_000), '- '.repeat(9_000), `Text\n\n${'1. '.repeat(6_000)}`]
  const paragraphs = Array.from({ length: 25 }, () => '*a_'.repeat(250)).join('\n\n')
  for (const text of [...costly, ...nested, paragraphs]) {
    const shown = strangersMarkdown(text).text
    assert.ok(shown.startsWith('<pre tabindex="0">') && shown.endsWith('</pre>'), text.slice(0, 20))
    assert.equal(shown.split('</').length, 2, text.slice(0, 20))
  }
})

test('a long page that people wrote is read, whatever it is full of', () => {
  const paragraph = 'The member `city` is a **name**, as in [the list](https://example.com/list_of_cities): `Bern`, `Genève`.'
  const table = `| name | means |\n|---|---|\n${'| `code` | the code |\n'.repeat(100)}`
  const list = Array.from({ length: 100 }, (_, index) => `* item \`${index}\``).join('\n')
  const text = [...Array.from({ length: 100 }, () => paragraph), table, list, '- - - - -'].join('\n\n')
  const shown = strangersMarkdown(text).text
  for (const element of ['<strong>name</strong>', '<code>99</code>', '<table>']) assert.ok(shown.includes(element), element)
})

test('the description of an API is read once, however many look at it', () => {
  const entry = { name: 'a', kind: 'http', prefix: '/a', presentation: { description: '**bold**' } } as unknown as ApiEntry
  assert.ok(descriptionOf(entry)?.text.includes('<strong>bold</strong>'))
  assert.equal(descriptionOf(entry), descriptionOf(entry))
})
