-- Tells the server how text came in, when it comes: accepted completions, pastes, undo, formatters.
--
-- It stands around functions of Neovim and of plugins. They give what they gave and fail as they
-- failed; whatever goes wrong in here stays in here.

local changes = require('vetline.changes')

local M = {}

local active = false
local watching = false
local group = vim.api.nvim_create_augroup('vetline.shim', {})

---@type table<integer, vetline.Hunk[]> by buffer, what changed since it was last looked at
local hunks = {}
---@type table<integer, { cur: integer, last: integer }> by buffer, where its undo history stood
local history = {}
---@type table<integer, { key: string, bytes: integer }> by buffer, the item accepted in parts
local parts = {}
local wrapped = {}

local function report(buf, insertion, before)
  local found = hunks[buf]
  hunks[buf] = {}
  for _, range in ipairs(changes.ranges(buf, found, before)) do
    require('vetline').did_insert({
      buf = buf,
      range = range,
      source = insertion.source,
      agent = insertion.agent,
    })
  end
end

--- Call `fn` and report what it puts into buffers; with `follows`, what it schedules counts too.
local function watch(insertion, fn, ...)
  local buf = vim.api.nvim_get_current_buf()
  local before = hunks[buf] and changes.text(buf)
  for each in pairs(hunks) do
    hunks[each] = {}
  end
  local schedule = vim.schedule
  local function follow(callback)
    return schedule(function()
      if watching or not active then
        return callback()
      end
      -- What that schedules in its turn is another matter.
      return watch(vim.tbl_extend('force', insertion, { follows = false }), callback)
    end)
  end
  if insertion.follows then
    vim.schedule = follow
  end
  watching = true
  local results = vim.F.pack_len(pcall(fn, ...))
  watching = false
  if vim.schedule == follow then
    vim.schedule = schedule
  end
  for each, found in pairs(hunks) do
    if #found > 0 then
      pcall(report, each, insertion, each == buf and before or nil)
    end
  end
  if not results[1] then
    error(results[2], 0)
  end
  return unpack(results, 2, results.n)
end

local function wrap(owner, key, describe)
  local original = type(owner) == 'table' and owner[key]
  if type(original) ~= 'function' then
    return
  end
  for _, one in ipairs(wrapped) do
    if one.owner == owner and one.key == key then
      return
    end
  end
  local function replacement(...)
    local ok, insertion = pcall(describe, ...)
    if not ok or not active or watching then
      return original(...)
    end
    return watch(insertion, original, ...)
  end
  owner[key] = replacement
  table.insert(wrapped, { owner = owner, key = key, original = original, now = replacement })
end

local function evidence(source)
  return function()
    return { source = source }
  end
end

--- What an accept of Neovim's own inline completion is: of its one server, when it is one.
local function of_inline_completion(opts)
  local buf = opts and opts.bufnr or 0
  local clients = vim.lsp.get_clients({ bufnr = buf, method = 'textDocument/inlineCompletion' })
  local agent = #clients == 1 and clients[1].name or nil
  return { source = 'completion', agent = agent, follows = true }
end

local function of_copilot(source)
  return function(modifier)
    local partial = type(modifier) == 'function' and 'partial-completion'
    return { source = partial or source, agent = 'copilot', follows = true }
  end
end

--- Stand around everything that is there by now; plugins come late.
local function wrap_all()
  wrap(vim, 'paste', evidence('paste'))
  wrap(vim.lsp.inline_completion, 'get', of_inline_completion)
  local copilot = package.loaded['copilot.suggestion']
  wrap(copilot, 'accept', of_copilot('completion'))
  wrap(copilot, 'accept_word', of_copilot('partial-completion'))
  wrap(copilot, 'accept_line', of_copilot('partial-completion'))
  wrap(vim.lsp.buf, 'format', evidence('format'))
  -- These two get what format() with async = true asked for.
  wrap(vim.lsp.handlers, 'textDocument/formatting', evidence('format'))
  wrap(vim.lsp.handlers, 'textDocument/rangeFormatting', evidence('format'))
end

--- Look at where the undo history stands: nothing new in it but another place means undo or redo.
local function look(buf)
  if not hunks[buf] then
    return
  end
  local tree, was = vim.fn.undotree(buf), history[buf]
  history[buf] = { cur = tree.seq_cur, last = tree.seq_last }
  if was and was.last == tree.seq_last and was.cur ~= tree.seq_cur then
    report(buf, { source = tree.seq_cur < was.cur and 'undo' or 'redo' })
  end
  hunks[buf] = {}
end

--- A client told its server that a part of an inline completion was accepted; the text is there.
local function accepted_part(data)
  local client = assert(vim.lsp.get_client_by_id(data.client_id))
  local item, buf = data.params.item, vim.api.nvim_get_current_buf()
  local length = vim.str_byteindex(item.insertText, 'utf-16', data.params.acceptedLength, false)
  local text, first = item.insertText:sub(1, length), item.range.start
  local line = vim.api.nvim_buf_get_lines(buf, first.line, first.line + 1, true)[1]
  local column = vim.str_byteindex(line, client.offset_encoding, first.character, false)
  local key, typed = ('%d:%d:%s'):format(first.line, column, item.insertText), 0
  if item.range['end'].line == first.line then
    local last = item.range['end'].character
    typed = vim.str_byteindex(line, client.offset_encoding, last, false) - column
  end
  local known = parts[buf] and parts[buf].key == key and parts[buf].bytes or typed
  local function place(bytes)
    local _, lines = text:sub(1, bytes):gsub('\n', '')
    local rest = #text:sub(1, bytes):match('[^\n]*$')
    return first.line + lines, lines == 0 and column + rest or rest
  end
  local row, start = place(known)
  local end_row, stop = place(length)
  local there = vim.api.nvim_buf_get_text(buf, row, start, end_row, stop, {})
  if known < length and table.concat(there, '\n') == text:sub(known + 1) then
    parts[buf] = { key = key, bytes = length }
    require('vetline').did_insert({
      range = { row, start, end_row, stop },
      source = 'partial-completion',
      agent = client.name,
    })
  end
end

local function attach(buf)
  if hunks[buf] then
    return
  end
  hunks[buf] = {}
  look(buf)
  vim.api.nvim_buf_attach(buf, false, {
    on_bytes = function(_, _, _, _, _, start, _, _, old, _, _, new)
      if not active then
        hunks[buf] = nil
        return true
      end
      pcall(changes.add, hunks[buf], start, old, new)
    end,
    on_reload = function()
      hunks[buf] = {}
    end,
    on_detach = function()
      hunks[buf], history[buf], parts[buf] = nil, nil, nil
    end,
  })
end

local function on(events, callback)
  vim.api.nvim_create_autocmd(events, {
    group = group,
    callback = function(args)
      pcall(callback, args)
    end,
  })
end

--- Start to report. Doing it again finds plugins that were not loaded before.
function M.enable()
  wrap_all()
  if active then
    return
  end
  active = true
  on('LspAttach', function(args)
    local client = vim.lsp.get_client_by_id(args.data.client_id)
    if client and client.name == 'vetline' then
      attach(args.buf)
    end
  end)
  on('InsertEnter', wrap_all)
  on({ 'TextChanged', 'InsertEnter', 'InsertLeave' }, function(args)
    look(args.buf)
  end)
  on('LspNotify', function(args)
    if args.data.method == 'textDocument/didPartiallyAcceptCompletion' then
      accepted_part(args.data)
    end
  end)
  for _, client in ipairs(vim.lsp.get_clients({ name = 'vetline' })) do
    for buf in pairs(client.attached_buffers) do
      attach(buf)
    end
  end
end

--- Stop, and put every function back that nobody else has put another in place of.
function M.disable()
  active = false
  vim.api.nvim_clear_autocmds({ group = group })
  wrapped = vim.tbl_filter(function(one)
    local ours = one.owner[one.key] == one.now
    if ours then
      one.owner[one.key] = one.original
    end
    return not ours
  end, wrapped)
end

--- What is reported now, for :checkhealth.
---@return table<string, boolean>
function M.reports()
  local function stands(owner, key)
    return vim.iter(wrapped):any(function(one)
      return one.owner == owner and one.key == key
    end)
  end
  return {
    paste = active and stands(vim, 'paste'),
    ['vim.lsp.inline_completion'] = active and stands(vim.lsp.inline_completion, 'get'),
    ['copilot.lua'] = active and stands(package.loaded['copilot.suggestion'], 'accept'),
  }
end

return M
