-- What the language client does beyond the protocol, as fields of its vim.lsp.Config.

---@type vim.lsp.Config
return {
  cmd_env = require('vetline.askpass').environment(),
  on_init = function()
    require('vetline').start()
  end,
  commands = require('vetline.reviews').commands,
  handlers = {
    ['window/showMessage'] = require('vetline.server').on_message,
    ['vetline/provenanceChanged'] = function(_, params)
      require('vetline.origins').refresh(vim.uri_to_bufnr(params.uri))
    end,
    ['vetline/reviewsChanged'] = function()
      require('vetline.lenses').refresh_all()
    end,
    ['vetline/status'] = function() end, -- Neovim shows progress by |LspProgress|
  },
}
