-- Signs that show who wrote each line, as far as the server knows: :VetlineOrigins

local M = {}

local DELAY = 200
local MARKS = {
  ai = { 'A', 'DiagnosticSignInfo' },
  mixed = { 'M', 'DiagnosticSignInfo' },
  suspect_ai = { '?', 'DiagnosticSignHint' },
  human = { 'h', 'NonText' },
}

local space = vim.api.nvim_create_namespace('vetline.origins')
local group = vim.api.nvim_create_augroup('vetline.origins', {})
local shown = false
local waiting = {}

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

local function ask(buf)
  local client = vim.lsp.get_clients({ bufnr = buf, name = 'vetline' })[1]
  if not shown or not client then
    return
  end
  local tick = vim.api.nvim_buf_get_changedtick(buf)
  local params = { textDocument = { uri = vim.uri_from_bufnr(buf) } }
  client:request('vetline/provenance', params, function(err, result)
    if err and err.code == vim.lsp.protocol.ErrorCodes.MethodNotFound then
      M.show(false)
      vim.notify('vetline: origins are not shown: ' .. err.message, vim.log.levels.WARN)
    elseif shown and result and vim.api.nvim_buf_is_loaded(buf) then
      -- An answer about an older text is of no use; the change asks again.
      if vim.api.nvim_buf_get_changedtick(buf) == tick then
        draw(buf, result.lines)
      end
    end
  end, buf)
end

--- Ask soon, once for all that happens until then.
---@param buf integer
function M.refresh(buf)
  if shown and not waiting[buf] then
    waiting[buf] = true
    vim.defer_fn(function()
      waiting[buf] = nil
      ask(buf)
    end, DELAY)
  end
end

--- Show the signs in all buffers that the server is attached to, or take them away.
---@param show? boolean the other way round than now when not given
function M.show(show)
  shown = show == nil and not shown or show == true
  vim.api.nvim_clear_autocmds({ group = group })
  if shown then
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

return M
