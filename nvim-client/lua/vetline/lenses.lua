-- Keeps the lenses above what waits for a review as they are on the server.

local M = {}

local DELAY = 200
local group = vim.api.nvim_create_augroup('vetline.lenses', {})
local waiting = {}

--- Ask for the lenses of a buffer soon, once for all that happens until then.
---@param buf integer
function M.refresh(buf)
  if vim.g.vetline_lenses == false or waiting[buf] then
    return
  end
  waiting[buf] = true
  vim.defer_fn(function()
    waiting[buf] = nil
    local loaded = vim.api.nvim_buf_is_loaded(buf)
    if loaded and #vim.lsp.get_clients({ bufnr = buf, name = 'vetline' }) > 0 then
      vim.lsp.codelens.refresh({ bufnr = buf })
    end
  end, DELAY)
end

--- The same for all buffers of the server: what is known of reviews has changed.
function M.refresh_all()
  for _, client in ipairs(vim.lsp.get_clients({ name = 'vetline' })) do
    vim.iter(vim.tbl_keys(client.attached_buffers)):each(M.refresh)
  end
end

--- Follow what is edited from now on.
function M.enable()
  vim.api.nvim_clear_autocmds({ group = group })
  vim.api.nvim_create_autocmd({ 'LspAttach', 'TextChanged', 'InsertLeave', 'BufWritePost' }, {
    group = group,
    callback = function(args)
      if #vim.lsp.get_clients({ bufnr = args.buf, name = 'vetline' }) > 0 then
        M.refresh(args.buf)
      end
    end,
  })
  M.refresh_all()
end

--- Follow it no more, and take the lenses away.
function M.disable()
  vim.api.nvim_clear_autocmds({ group = group })
  for _, client in ipairs(vim.lsp.get_clients({ name = 'vetline' })) do
    vim.lsp.codelens.clear(client.id)
  end
end

return M
