// Makes a thumbnail of each picture: node tools/thumbnails.js photo.jpg …

const { exec } = require("child_process");
const path = require("path");

function thumbnail(file) {
  const target = path.join("static", path.basename(file));
  exec(`convert ${file} -resize 200x200 ${target}`, (error) => {
    if (error) {
      console.error(`${file}: ${error.message}`);
    }
  });
}

process.argv.slice(2).forEach(thumbnail);
