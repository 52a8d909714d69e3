-- Who wrote each line, in a window beside the text that scrolls with it: :Vetline blame

local origins = require('vetline.origins')
local pane = require('vetline.pane')

local M = {}

local BOUND = { scrollbind = true, cursorbind = true, wrap = false, foldenable = false }

local function bind(win)
  local was = {}
  for name, value in pairs(BOUND) do
    was[name] = vim.wo[win][name]
    vim.wo[win][name] = value
  end
  return was
end

--- Open the window, as wide as it must be and at most half of the text's.
---@param buf integer
function M.open(buf)
  local text = vim.api.nvim_get_current_win()
  origins.ask(buf, function(lines)
    if not vim.api.nvim_win_is_valid(text) or vim.api.nvim_win_get_buf(text) ~= buf then
      return
    end
    local said, width = {}, 8
    for index, line in ipairs(lines) do
      said[index] = origins.words(line)
      width = math.max(width, vim.fn.strdisplaywidth(said[index]) + 1)
    end
    width = math.min(width, math.floor(vim.api.nvim_win_get_width(text) / 2))
    local top, cursor = vim.fn.getwininfo(text)[1].topline, vim.api.nvim_win_get_cursor(text)[1]
    local was = bind(text)
    local side = pane.open('blame/' .. buf, said, { split = 'left' })
    local win = vim.api.nvim_get_current_win()
    bind(win)
    vim.wo[win].number, vim.wo[win].relativenumber, vim.wo[win].signcolumn = false, false, 'no'
    vim.wo[win].winfixwidth = true
    vim.api.nvim_win_set_width(win, width)
    vim.fn.winrestview({ topline = top, lnum = math.min(cursor, #said) })
    vim.cmd.syncbind()
    vim.api.nvim_create_autocmd('BufWipeout', {
      buffer = side,
      once = true,
      callback = function()
        if vim.api.nvim_win_is_valid(text) then
          for name, value in pairs(was) do
            vim.wo[text][name] = value
          end
        end
      end,
    })
  end)
end

return M
