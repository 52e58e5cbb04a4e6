import assert from 'node:assert/strict'
import { test } from 'node:test'
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

test('what nobody writes costs little and breaks nothing', () => {
  for (const [part, count] of [
    ['>', 20_000],
    ['- ', 9_000],
    ['[', 20_000],
    ['**a ', 5_000],
    ['`', 20_000],
    ['|', 20_000],
    ['<a ', 6_000],
  ] as const) {
    const from = performance.now()
    assert.doesNotMatch(strange(strangersMarkdown(part.repeat(count)).text), /[<>]/)
    assert.ok(performance.now() - from < 5_000, `${part}: ${performance.now() - from} ms`)
  }
})
