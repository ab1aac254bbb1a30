"""Pieces of Markdown and HTML that mean something, to make texts of."""

# fmt: off
MARKS = (
    '<!--', '-->', '<!', '<?', '?>', '<![CDATA[', ']]>',
    '`', '``', '```', '~~~', '\n', '\n\n', '\n',
    '>', '-', '1.', '<div>', '</div>', '<b>', '</b>',
    "<a href='", "'>", '">', '<span title="', '<x-y ', '"', "'",
    '[', ']', '](', '](http://e/', ')', '![', '|',
    '|-|-|', '\n-|-\n', '\n===\n', '#', '\\', '&', '&#8203;',
    '\u200b', '<script>', '</script>', '<template>', '</template>', ']: ', '[a]',
    '[a]: ', "[a]: http://x '", '(', '=', '>', '<', '/>',
    '/', '<pre>', '</pre>', '<details>', '<h:', '<http://e/', '\t',
    '$', '$$', '%', '<p\n', '--', '-', '[^1]',
    '[^1]: ', '1|2|3', ' ', '    ',
)
# Repeated, each could make a reader go over the text again and again.
TRAPS = (
    '<!--', '<!-- -- ', '<a x=\'<a x="\' ', '<a b="', '<a ',
    '<', '`', '`` ` ', '```a``b```c', '[a](',
    '[a](x "', '![', '[', ']', '[a][b]',
    '(', '[a](((', '<svg>', '</svg>', '<script>',
    '<script></script>', '<template></template>', '&#8203;', '&#82', '\\',
    '$$', '$$%', '$\\phantom{', '[^1]: x\n', '[^1]\n\n[^1]: x\n\n',
    '[a]: x\n', '[a]: x "\n', '> ', '> a\n', '- a\n',
    '- ', '1. a\n', '# a\n', 'a\n===\n', '<div>\n',
    '<div>\n\n', '<!-- x\n\n', "<x y='", '</x ', '<?',
    '<? ?>', '<![CDATA[', '<!X', '<!<!-- -->', '<!-->',
    '--!>', 'http://', '<a@b', '\u200b', '    x\n\n',
    '![a](b)', '[![a](b)](c)', '<a href="x">', '```\n', '\t',
    'a|b\n-|-\n', '``` mermaid\n%%\n', '&#82&#8203;03;',
)
# fmt: on
