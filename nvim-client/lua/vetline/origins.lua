-- Who wrote each line, as far as the server knows: signs, and the words for one line.

local pane = require('vetline.pane')
local server = require('vetline.server')

local M = {}

local DELAY = 200
-- Each has a letter of its own, so that nobody needs to see colours.
local MARKS = {
  ai = { 'A', 'VetlineAi', 'DiagnosticSignInfo' },
  mixed = { 'M', 'VetlineMixed', 'DiagnosticSignInfo' },
  suspect_ai = { '?', 'VetlineSuspect', 'DiagnosticSignHint' },
  human = { 'h', 'VetlineHuman', 'NonText' },
}
local STATES =
  { ai = 'AI', mixed = 'AI and a person', suspect_ai = 'perhaps AI', human = 'a person' }

local space = vim.api.nvim_create_namespace('vetline.origins')
local group = vim.api.nvim_create_augroup('vetline.origins', {})
local shown = false
local waiting = {}

--- Who wrote a line, on one line; "" when nothing is known.
---@param line table as `vetline/provenance` gives it
---@return string
function M.words(line)
  local state = STATES[line.state]
  if not state then
    return ''
  end
  local tool = line.agent or ''
  if (line.model or '') ~= '' then
    tool = tool == '' and line.model or ('%s (%s)'):format(tool, line.model)
  end
  local parts = { tool ~= '' and ('%s: %s'):format(state, tool) or state }
  local human, day = line.human or '', (line.at or ''):sub(1, 10)
  if human ~= '' then
    table.insert(parts, line.state == 'human' and human or 'for ' .. human)
  end
  if day ~= '' then
    table.insert(parts, day)
  end
  return pane.lines(table.concat(parts, ', '))[1]
end

--- All that is known of a line, for a window that floats.
local function told(line)
  local said = { M.words(line) }
  if said[1] == '' then
    return { 'Nothing is known of who wrote this line.' }
  end
  local names =
    { session = 'session', turn = 'turn', source = 'came in as', prompt_digest = 'prompt' }
  for key, name in vim.spairs(names) do
    local value = line[key]
    if type(value) == 'string' and value ~= '' then
      table.insert(said, pane.lines(('%s: %s'):format(name, value))[1])
    end
  end
  if line.modified == true then
    table.insert(said, 'changed by a person since')
  end
  return said
end

local function draw(buf, lines)
  vim.api.nvim_buf_clear_namespace(buf, space, 0, -1)
  local last = vim.api.nvim_buf_line_count(buf)
  for _, line in ipairs(lines) do
    local mark = MARKS[line.state]
    if mark and line.line <= last then
      vim.api.nvim_buf_set_extmark(buf, space, line.line - 1, 0, {
        sign_text = mark[1],
        sign_hl_group = mark[2],
        priority = 5, -- below diagnostics
      })
    end
  end
end

--- Ask for the lines of a buffer; no lines and no fault mean that it was changed meanwhile.
local function request(client, buf, on_answer)
  local tick = vim.api.nvim_buf_get_changedtick(buf)
  local params = { textDocument = { uri = vim.uri_from_bufnr(buf) } }
  client:request('vetline/provenance', params, function(fault, result)
    if vim.api.nvim_buf_is_loaded(buf) then
      local is_same = vim.api.nvim_buf_get_changedtick(buf) == tick
      on_answer(fault, not fault and is_same and result.lines or nil)
    end
  end, buf)
end

--- Call `on_lines` with who wrote each line of a buffer as it is then.
---@param buf integer
---@param on_lines fun(lines: table[])
function M.ask(buf, on_lines)
  local client = server.client(buf)
  if not client then
    return
  end
  request(client, buf, function(fault, lines)
    if fault then
      server.say(fault.message, vim.log.levels.ERROR)
    elseif lines then
      on_lines(lines)
    else
      M.ask(buf, on_lines)
    end
  end)
end

local function sign(buf)
  local client = vim.lsp.get_clients({ bufnr = buf, name = 'vetline' })[1]
  if not shown or not client then
    return
  end
  request(client, buf, function(fault, lines)
    if fault and fault.code == vim.lsp.protocol.ErrorCodes.MethodNotFound then
      M.show(false)
      server.say('origins are not shown: ' .. fault.message, vim.log.levels.WARN)
    elseif shown and lines then
      draw(buf, lines)
    end
  end)
end

--- Ask soon, once for all that happens until then.
---@param buf integer
function M.refresh(buf)
  if shown and not waiting[buf] then
    waiting[buf] = true
    vim.defer_fn(function()
      waiting[buf] = nil
      if vim.api.nvim_buf_is_valid(buf) then
        sign(buf)
      end
    end, DELAY)
  end
end

--- Show the signs in all buffers that the server is attached to, or take them away.
---@param show? boolean the other way round than now when not given
function M.show(show)
  shown = show == nil and not shown or show == true
  vim.api.nvim_clear_autocmds({ group = group })
  if shown then
    for _, mark in pairs(MARKS) do
      vim.api.nvim_set_hl(0, mark[2], { link = mark[3], default = true })
    end
    vim.api.nvim_create_autocmd({ 'TextChanged', 'TextChangedI', 'LspAttach' }, {
      group = group,
      callback = function(args)
        M.refresh(args.buf)
      end,
    })
  end
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if shown then
      M.refresh(buf)
    else
      vim.api.nvim_buf_clear_namespace(buf, space, 0, -1)
    end
  end
end

--- Show in a window that floats who wrote the line at the cursor.
---@param buf integer
function M.at_cursor(buf)
  local line = vim.api.nvim_win_get_cursor(0)[1]
  M.ask(buf, function(lines)
    vim.lsp.util.open_floating_preview(told(lines[line] or {}), '', { focus_id = 'vetline.origin' })
  end)
end

return M
