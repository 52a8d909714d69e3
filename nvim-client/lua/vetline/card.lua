-- A review in a window of its own: all that a reviewer needs to decide, and the keys for it.

local pane = require('vetline.pane')
local server = require('vetline.server')

local M = {}

local function text(value)
  return type(value) == 'string' and value or ''
end

local function items(value)
  return type(value) == 'table' and value or {}
end

local function minute(at)
  return (text(at):sub(1, 16):gsub('T', ' '))
end

local function head(review)
  local what = text(review.package) ~= '' and review.package or text(review.path)
  local symbol, why = text(review.symbol), text(review.why)
  local said = {
    ('Review %s: %s%s'):format(review.id, what, symbol ~= '' and (' (%s)'):format(symbol) or ''),
    ('%s%s'):format(review.status, why ~= '' and ': ' .. why or ''),
    ('requested by %s, %s UTC'):format(text(review.requester), minute(review.at)),
  }
  local function add(format, value)
    if value ~= '' then
      table.insert(said, format:format(value))
    end
  end
  vim.iter(items(review.reasons)):each(function(reason)
    add('why: %s', reason)
  end)
  add('note: %s', text(review.note))
  add('assigned to: %s', table.concat(items(review.assigned), ', '))
  add('suggested reviewers: %s', table.concat(items(review.suggested), ', '))
  return said
end

local function code(review)
  local shown, said = items(review.code), {}
  local origins = require('vetline.origins')
  for index, line in ipairs(pane.lines(text(shown.text))) do
    local who = shown.start and origins.words(items(items(review.origins)[index])) or ''
    local mark = who ~= '' and '  ◂ ' .. who or ''
    if shown.start then
      table.insert(said, ('%4d  %s%s'):format(shown.start + index - 1, line, mark))
    end
  end
  if text(review.notShown) ~= '' then
    table.insert(said, shown.start and review.notShown or 'not shown: ' .. review.notShown)
  end
  return said
end

local function findings(review)
  local said = {}
  for _, one in ipairs(items(review.findings)) do
    local kind = one.trigger and 'to look at' or one.severity
    local end_ = one.suppressed and '  (suppressed)' or ''
    table.insert(said, ('%d  %s  %s  %s%s'):format(one.line, kind, one.rule, one.message, end_))
  end
  return #said > 0 and said or { 'Nothing is found in it.' }
end

local function history(review)
  local said = {}
  for _, one in ipairs(items(review.comments)) do
    table.insert(said, { one.at, ('%s: %s'):format(text(one.by), text(one.note)) })
  end
  for _, one in ipairs(items(review.decisions)) do
    local note = text(one.note) ~= '' and ': ' .. one.note or ''
    table.insert(said, { one.at, ('%s by %s%s'):format(text(one.state), text(one.by), note) })
  end
  table.sort(said, function(a, b)
    return text(a[1]) < text(b[1])
  end)
  return vim.tbl_map(function(pair)
    return minute(pair[1]) .. '  ' .. pair[2]
  end, said)
end

--- What can be done, and why not what cannot.
local function keys(review)
  local said = {}
  for _, one in ipairs({ { 'decide', 'a', 'approve' }, { 'reject', 'r', 'reject' } }) do
    local leave = items(review[one[1]])
    local format = leave.may and '%s: %s it' or '%s: you cannot %s it here: %s'
    table.insert(said, format:format(one[2], one[3], text(leave.why)))
  end
  table.insert(said, 'q: close this window')
  return said
end

--- The lines of a review as `vetline/review` gives it.
---@param review table
---@return string[]
function M.describe(review)
  local said = {}
  local function section(name, lines)
    if #lines > 0 then
      vim.list_extend(said, name and { '', name } or {})
      for _, line in ipairs(lines) do
        vim.list_extend(said, pane.lines(line))
      end
    end
  end
  section(nil, head(review))
  section('Code', code(review))
  section('Found in it', findings(review))
  local changes = text(review.changes)
  section('Changed since it was asked for', changes ~= '' and vim.split(changes, '\n') or {})
  section('History', history(review))
  section('Keys', keys(review))
  return said
end

--- Show a review.
---@param buf integer a buffer of the server
---@param id string
function M.show(buf, id)
  local uri = vim.uri_from_bufnr(buf)
  server.request(buf, 'vetline/review', { request = id, uri = uri }, function(review)
    local card = pane.open('review/' .. review.id, M.describe(review))
    local target = { request = review.id, digest = text(review.digest), uri = text(review.uri) }
    if target.uri == '' then
      target.uri = uri
    end
    for key, command in pairs({ a = 'approveReview', r = 'rejectReview' }) do
      vim.keymap.set('n', key, function()
        vim.api.nvim_buf_delete(card, {})
        require('vetline.reviews').decide(buf, command, target)
      end, { buffer = card, nowait = true, desc = command })
    end
  end)
end

return M
