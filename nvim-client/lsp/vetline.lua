-- Vetline for Neovim 0.11 and newer: vim.lsp.enable('vetline') reads this file.
--
-- Settings are taken from vetline.toml or pyproject.toml. Those of the editor go above them:
--   vim.lsp.config('vetline', { settings = { vetline = { scope = 'all' } } })

---@type vim.lsp.Config
return {
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
  on_init = function()
    if vim.g.vetline_shim ~= false then
      require('vetline').setup()
    end
  end,
  handlers = {
    ['vetline/provenanceChanged'] = function(_, params)
      require('vetline.origins').refresh(vim.uri_to_bufnr(params.uri))
    end,
  },
}
