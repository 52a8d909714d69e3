-- What users and plugins call: reports on how text came in, and what is shown beside it.

local M = {}

local disabled = false

---@class vetline.Insertion
---@field buf? integer the buffer; the current one when not given
---@field range? [integer, integer, integer, integer] start row, start column, end row, end column,
--- as nvim_buf_set_text() counts them; when not given, the lines last changed or put ('[ to '])
---@field source? string how it came in: "completion", "chat", "agent", "paste", …; see docs/protocol.md
---@field agent? string the assistant's name
---@field model? string the model's name
---@field session? string the assistant's name for the conversation
---@field turn? string its name for the turn in it

local function lsp_range(buf, range, encoding)
  if not range then
    local first = vim.api.nvim_buf_get_mark(buf, '[')[1]
    local last = vim.api.nvim_buf_get_mark(buf, ']')[1]
    range = { math.max(first - 1, 0), 0, last, 0 }
  end
  local function position(row, column)
    local line = vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1] or ''
    return { line = row, character = vim.str_utfindex(line, encoding, column, false) }
  end
  return { start = position(range[1], range[2]), ['end'] = position(range[3], range[4]) }
end

--- Tell the server that an assistant inserted text. Call it right after the text is in the buffer.
---@param insertion? vetline.Insertion
---@return boolean told false when no server is attached to the buffer
function M.did_insert(insertion)
  insertion = insertion or {}
  local buf = insertion.buf or vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = buf, name = 'vetline' })[1]
  if not client then
    return false
  end
  return client:notify('vetline/didInsert', {
    -- No version: notify() sends the changes that are due first, so the server has this very text.
    textDocument = { uri = vim.uri_from_bufnr(buf), version = vim.NIL },
    range = lsp_range(buf, insertion.range, client.offset_encoding),
    source = insertion.source,
    agent = insertion.agent,
    model = insertion.model,
    session = insertion.session,
    turn = insertion.turn,
  })
end

--- Begin what vim.g.vetline_shim, _lenses and _origins ask for. The server's start calls it.
function M.start()
  vim.cmd.runtime('plugin/vetline.lua')
  if disabled then
    return
  end
  if vim.g.vetline_shim ~= false then
    require('vetline.shim').enable()
  end
  if vim.g.vetline_lenses ~= false then
    require('vetline.lenses').enable()
  end
  if vim.g.vetline_origins then
    require('vetline.origins').show(true)
  end
end

--- Begin again after disable(), and find plugins that were not loaded before.
function M.setup()
  disabled = false
  M.start()
end

--- Stop reporting, take signs and lenses away and leave Neovim's and plugins' functions as they were.
function M.disable()
  disabled = true
  require('vetline.shim').disable()
  require('vetline.origins').show(false)
  require('vetline.lenses').disable()
end

return M
