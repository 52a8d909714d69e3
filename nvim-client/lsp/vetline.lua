-- Vetline for Neovim 0.11 and newer: vim.lsp.enable('vetline') reads this file.
--
-- This file works alone, copied into a folder `lsp` of yours; the rest of nvim-client adds what a client can
-- do beyond the language server protocol.
--
-- Settings are taken from vetline.toml or pyproject.toml. Those of the editor go above them:
--   vim.lsp.config('vetline', { settings = { vetline = { scope = 'all' } } })

---@type vim.lsp.Config
local config = {
  cmd = { 'vetline', 'server', '--stdio' },
  -- Rules know the first eight; secrets and hidden characters are looked for in all of them.
  filetypes = {
    'python',
    'javascript',
    'javascriptreact',
    'typescript',
    'typescriptreact',
    'dockerfile',
    'terraform',
    'yaml',
    'toml',
    'conf',
    'dosini',
    'json',
    'sh',
  },
  -- One server for a repository; it finds the settings of each folder in it by itself.
  root_markers = { '.git', 'vetline.toml', 'pyproject.toml' },
}

if #vim.api.nvim_get_runtime_file('lua/vetline/client.lua', false) == 0 then
  return config
end
return vim.tbl_extend('error', config, require('vetline.client'))
