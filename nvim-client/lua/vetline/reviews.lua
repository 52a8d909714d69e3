-- Reviews by people: ask for one, see which there are, decide on one.

local pane = require('vetline.pane')
local server = require('vetline.server')

local M = {}

local OPEN = { pending = true, stale = true, expired = true, invalid = true }
local DONE = { withdrawn = true }

--- The file that a review is about; nil for a package.
local function file_of(review, client)
  local path = type(review.path) == 'string' and review.path or ''
  local root = client.root_dir or vim.fn.getcwd()
  return path ~= '' and vim.fs.joinpath(vim.fs.root(root, '.git') or root, path) or nil
end

local function title(review)
  local what = type(review.package) == 'string' and review.package or review.path
  local why = review.why ~= '' and ': ' .. review.why or ''
  local place = review.symbol ~= '' and ('%s (%s)'):format(what, review.symbol) or what
  return pane.lines(('%s  %s by %s%s'):format(place, review.status, review.by, why))[1]
end

local function list(buf, on_result)
  local argument = { uri = vim.uri_from_bufnr(buf), quiet = true }
  server.command(buf, 'listReviews', argument, function(result)
    on_result(result.reviews)
  end)
end

--- Call `on_pick` with the review that is meant: the one that is named, or stands at the cursor, or is
--- chosen among all that are wanted.
local function pick(buf, id, wanted, on_pick)
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local here = vim.uv.fs_realpath(vim.api.nvim_buf_get_name(buf))
  list(buf, function(reviews)
    local client = server.client(buf)
    local found, at_cursor = {}, {}
    for _, review in ipairs(reviews) do
      if id and vim.startswith(review.id, id) then
        return on_pick(review)
      end
      if wanted(review) and not id then
        table.insert(found, review)
        local file = client and file_of(review, client)
        local is_here = file and here and vim.uv.fs_realpath(file) == here
        if is_here and review.lines.start <= line and line <= review.lines['end'] then
          table.insert(at_cursor, review)
        end
      end
    end
    if #at_cursor == 1 then
      return on_pick(at_cursor[1])
    end
    local choices = #at_cursor > 0 and at_cursor or found
    if #choices == 0 then
      return server.say(id and 'there is no review ' .. id or 'there is no review to choose from')
    end
    vim.ui.select(choices, { prompt = 'Review:', format_item = title }, function(review)
      if review then
        on_pick(review)
      end
    end)
  end)
end

--- Ask for a review of what stands around a line or a range of lines.
---@param buf integer
---@param first integer from 1
---@param last integer
---@param note string
function M.request(buf, first, last, note)
  local end_line = vim.api.nvim_buf_get_lines(buf, last - 1, last, true)[1]
  local client = server.client(buf)
  if not client then
    return
  end
  server.command(buf, 'requestReview', {
    uri = vim.uri_from_bufnr(buf),
    range = {
      start = { line = first - 1, character = 0 },
      ['end'] = {
        line = last - 1,
        character = vim.str_utfindex(end_line, client.offset_encoding, #end_line, false),
      },
    },
    note = note,
  }, function()
    require('vetline.lenses').refresh(buf)
  end)
end

--- Decide on a review; asks for a note where none is given, and ends when that is cancelled.
---@param buf integer
---@param command string "approveReview", "rejectReview" or "withdrawReview"
---@param target table what the server's lens or list says: request, digest, uri
---@param note? string
function M.decide(buf, command, target, note)
  local function send(words)
    local refresh = require('vetline.lenses').refresh
    if words == nil then
      return refresh(buf) -- running a lens takes it away
    end
    local argument = vim.tbl_extend('force', target, { note = words })
    server.command(buf, command, argument, nil, function()
      refresh(buf)
    end)
  end
  if note and note ~= '' then
    return send(note)
  end
  vim.ui.input({ prompt = ('%s, with the note: '):format(command:match('^%l+')) }, send)
end

--- Decide on the review at the cursor, or a named one.
---@param buf integer
---@param command string
---@param id? string
---@param note string
function M.decide_here(buf, command, id, note)
  local function wanted(review)
    if command == 'withdrawReview' then
      return not DONE[review.status]
    end
    return OPEN[review.status]
  end
  pick(buf, id, wanted, function(review)
    local target = { request = review.id, digest = review.digest, uri = vim.uri_from_bufnr(buf) }
    M.decide(buf, command, target, note)
  end)
end

--- Show the review at the cursor, or a named one.
---@param buf integer
---@param id? string
function M.show_here(buf, id)
  pick(buf, id, function()
    return true
  end, function(review)
    require('vetline.card').show(buf, review.id)
  end)
end

--- The reviews that wait for somebody, in the quickfix list; with `all`, also what is decided.
---@param buf integer
---@param all boolean
function M.list(buf, all)
  list(buf, function(reviews)
    local client = assert(server.client(buf))
    local items = {}
    for _, review in ipairs(reviews) do
      if all or OPEN[review.status] then
        table.insert(items, {
          filename = file_of(review, client),
          lnum = review.lines.start,
          end_lnum = review.lines['end'],
          text = ('%s  %s'):format(review.id, title(review)),
        })
      end
    end
    vim.fn.setqflist({}, ' ', { title = 'Vetline reviews', items = items })
    if #items == 0 then
      return server.say('no review waits for anybody')
    end
    vim.cmd('botright copen')
  end)
end

--- What a client does about the server's commands before it sends them: docs/protocol.md, Reviews.
---@type table<string, fun(command: lsp.Command, ctx: table)>
M.commands = {}
for _, name in ipairs({ 'approveReview', 'rejectReview' }) do
  M.commands['vetline.' .. name] = function(command, ctx)
    M.decide(ctx.bufnr, name, command.arguments[1])
  end
end
M.commands['vetline.showReview'] = function(command, ctx)
  local target = command.arguments[1]
  require('vetline.lenses').refresh(ctx.bufnr)
  if target.request then
    require('vetline.card').show(ctx.bufnr, target.request)
  else
    server.command(ctx.bufnr, 'showReview', target)
  end
end

return M
